async def respond(exchange):
    # PUT /items/{item_id}
    errors = None

    # Body: read and parsed before anything else runs; 422 if it is not JSON.
    body = await read_json(exchange, place)

    # Parameters of body_in_thread: what is wrong is noted for the 422 below.
    try:
        item_id = validate_item_id(exchange.path_params['item_id'])
    except ValidationError as error:
        errors = invalid(errors, error, ('path', 'item_id'))

    # Body of body_in_thread: what is wrong is noted for the 422 below.
    if body is ABSENT:
        item = None
    else:
        try:
            item = validate_item(body, from_attributes=True)
        except ValidationError as error:
            errors = invalid(errors, error, ('body',))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, reported(body), place)

    # Endpoint, in a worker thread, with the validation of its result: 500 if that does not fit.
    result = await run_in_threadpool(body_in_thread, item_id=item_id, item=item)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, dump_result(result, by_alias=True, exclude_none=True))

async def respond(exchange):
    # DELETE /items/{item_id}
    errors = None

    # Parameters of no_content: what is wrong is noted for the 422 below.
    try:
        item_id = validate_item_id(exchange.path_params['item_id'])
    except ValidationError as error:
        errors = invalid(errors, error, ('path', 'item_id'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await no_content(item_id=item_id)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: status 204 has no body, but what cannot be one is a 500.
    if result is not None:
        encode_json(result)
    return Reply(head)

async def respond(exchange):
    # POST /items
    errors = None

    # Body: read and parsed before anything else runs; 422 if it is not JSON.
    body = await read_json(exchange, place)

    # Body of body_and_model: what is wrong is noted for the 422 below.
    if body is ABSENT:
        errors = missing(errors, ('body',))
    else:
        try:
            item = validate_item(body, from_attributes=True)
        except ValidationError as error:
            errors = invalid(errors, error, ('body',))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, reported(body), place)

    # Endpoint.
    result = await body_and_model(item=item)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Result: validated as the response model says, 500 if it does not fit.
    try:
        result = validate_result(result, from_attributes=True)
    except ValidationError as error:
        raise response_errors(error, result, place) from error

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, dump_result(result, by_alias=True))

async def respond(exchange):
    # GET /items/{item_id}
    errors = None

    # Parameters of path_only: what is wrong is noted for the 422 below.
    try:
        item_id = validate_item_id(exchange.path_params['item_id'])
    except ValidationError as error:
        errors = invalid(errors, error, ('path', 'item_id'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await path_only(item_id=item_id)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

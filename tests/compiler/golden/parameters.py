async def respond(exchange):
    # GET /shelves/{shelf}/items/{item_id}
    errors = None

    # Parameters of parameters: what is wrong is noted for the 422 below.
    shelf = exchange.path_params['shelf']
    try:
        item_id = validate_item_id(exchange.path_params['item_id'])
    except ValidationError as error:
        errors = invalid(errors, error, ('path', 'item_id'))
    query_values = parse_query(exchange.query_string)
    q = query_values.get('q')
    limit = query_values.get('limit')
    if limit is None:
        limit = 10
    else:
        try:
            limit = validate_limit(limit)
        except ValidationError as error:
            errors = invalid(errors, error, ('query', 'limit'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await parameters(shelf=shelf, item_id=item_id, q=q, limit=limit)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

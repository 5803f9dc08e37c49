async def respond(exchange):
    # GET /me
    errors = None

    # Dependency get_db.
    request_stack = exchange.request_stack()
    db = await request_stack.enter_generator(get_db())

    # Parameters of get_user: what is wrong is noted for the 422 below.
    x_token = first_header(exchange.headers, b'x-token')
    if x_token is None:
        errors = missing(errors, ('header', 'x-token'))
    else:
        try:
            x_token = validate_x_token(x_token.decode("latin-1"))
        except ValidationError as error:
            errors = invalid(errors, error, ('header', 'x-token'))

    # Dependency get_user, unless something that it needs is wrong.
    if errors is None:
        user = await get_user(db=db, x_token=x_token)

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await dependencies(user=user, db=db)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

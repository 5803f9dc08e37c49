async def respond(exchange):
    # POST /early
    errors = None

    # Parameters of count_request: what is wrong is noted for the 422 below.
    headers = first_headers(exchange.headers)
    x_key = headers.get(b'x-key')
    if x_key is None:
        errors = missing(errors, ('header', 'x-key'))
    else:
        try:
            x_key = validate_x_key(x_key.decode("latin-1"))
        except ValidationError as error:
            errors = invalid(errors, error, ('header', 'x-key'))

    # Step limits, before dependencies, unless something that it needs is wrong: it may answer.
    if errors is None:
        count_request_answer = await count_request(x_key=x_key, exchange=exchange)
        if count_request_answer is not None:
            return step_reply(exchange, 'limits', count_request_answer)

    # Body: read and parsed before the dependencies run; 422 if it is not JSON.
    body = await read_json(exchange, place)

    # What is wrong so far keeps nothing below from being called.
    errors_before_get_db = errors and len(errors)

    # Dependency get_db.
    request_stack = exchange.request_stack()
    db = await request_stack.enter_generator(get_db())

    # Parameters of get_user: what is wrong is noted for the 422 below.
    x_token = headers.get(b'x-token')
    if x_token is None:
        errors = missing(errors, ('header', 'x-token'))
    else:
        try:
            x_token = validate_x_token(x_token.decode("latin-1"))
        except ValidationError as error:
            errors = invalid(errors, error, ('header', 'x-token'))

    # Dependency get_user, unless something that it needs is wrong.
    if errors is None or len(errors) == errors_before_get_db:
        user = await get_user(db=db, x_token=x_token)

    # Body of early_step: what is wrong is noted for the 422 below.
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
    result = await early_step(user=user, item=item)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

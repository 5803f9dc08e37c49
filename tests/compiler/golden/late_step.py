async def respond(exchange):
    # GET /late
    errors = None

    # Dependency get_db.
    request_stack = exchange.request_stack()
    db = await request_stack.enter_generator(get_db())

    # Errors of get_user are reported wherever it is used.
    errors_noted_before_get_user = len(errors or ())

    # Parameters of get_user: what is wrong is noted for the 422 below.
    headers = first_headers(exchange.headers)
    x_token = headers.get(b'x-token')
    if x_token is None:
        errors = missing(errors, ('header', 'x-token'))
    else:
        try:
            x_token = validate_x_token(x_token.decode("latin-1"))
        except ValidationError as error:
            errors = invalid(errors, error, ('header', 'x-token'))
    errors_of_get_user = errors and errors[errors_noted_before_get_user:]

    # Dependency get_user, unless something that it needs is wrong.
    if errors is None:
        user = await get_user(db=db, x_token=x_token)

    # get_user again: it is not called twice, what is wrong is told once.
    if errors_of_get_user:
        errors += repeated(errors_of_get_user)

    # Parameters of check_quota: what is wrong is noted for the 422 below.
    query_values = parse_query(exchange.query_string)
    cost = query_values.get('cost')
    if cost is None:
        cost = 1
    else:
        try:
            cost = validate_cost(cost)
        except ValidationError as error:
            errors = invalid(errors, error, ('query', 'cost'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(told_once(errors), None, place)

    # Step quota, after dependencies: it may answer.
    check_quota_answer = await check_quota(user=user, cost=cost)
    if check_quota_answer is not None:
        return step_reply(exchange, 'quota', check_quota_answer)

    # Endpoint.
    result = await late_step(user=user)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

async def respond(exchange):
    # GET /parallel
    errors = None

    # Parameters of get_page: what is wrong is noted for the 422 below.
    query_values = parse_query(exchange.query_string)
    skip = query_values.get('skip')
    if skip is None:
        skip = 0
    else:
        try:
            skip = validate_skip(skip)
        except ValidationError as error:
            errors = invalid(errors, error, ('query', 'skip'))
    limit = query_values.get('limit')
    if limit is None:
        limit = 10
    else:
        try:
            limit = validate_limit(limit)
        except ValidationError as error:
            errors = invalid(errors, error, ('query', 'limit'))
    get_page_is_due = errors is None

    # What is wrong so far keeps nothing below from being called.
    errors_before_get_db = errors and len(errors)

    # Parameters of get_user: what is wrong is noted for the 422 below.
    x_token = first_header(exchange.headers, b'x-token')
    if x_token is None:
        errors = missing(errors, ('header', 'x-token'))
    else:
        try:
            x_token = validate_x_token(x_token.decode("latin-1"))
        except ValidationError as error:
            errors = invalid(errors, error, ('header', 'x-token'))
    get_user_is_due = errors is None or len(errors) == errors_before_get_db

    # Dependency get_page, unless something that it needs is wrong.
    if get_page_is_due:
        await get_page(skip=skip, limit=limit)

    # Dependency get_db.
    request_stack = exchange.request_stack()
    db = await request_stack.enter_generator(get_db())

    # At the same time: get_user, get_settings. The first error cancels the others.
    user, settings = await together(
        get_user(db=db, x_token=x_token) if get_user_is_due else None,
        run_in_threadpool(get_settings),
    )

    # Dependency get_file.
    file = await request_stack.enter_async_context(open_get_file())

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await parallel(user=user, settings=settings, file=file)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

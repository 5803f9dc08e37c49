async def respond(exchange):
    # GET /pooled
    errors = None

    # Dependency get_settings: the application has one.
    get_settings_value = get_settings_once.value
    if get_settings_value is UNOPENED:
        get_settings_value = await get_settings_once.open()

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

    # Dependency get_page, unless something that it needs is wrong.
    if errors is None:
        page = await get_page(skip=skip, limit=limit)

    # Dependency get_pool: the application has one.
    pool = get_pool_once.value
    if pool is UNOPENED:
        pool = await get_pool_once.open()

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await app_scoped(page=page, pool=pool)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

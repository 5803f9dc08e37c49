async def respond(exchange):
    # GET /pages
    errors = None

    # Errors of get_page are reported wherever it is used.
    errors_noted_before_get_page = len(errors or ())

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
    errors_of_get_page = errors and errors[errors_noted_before_get_page:]

    # Dependency get_page, unless something that it needs is wrong.
    if errors is None:
        page = await get_page(skip=skip, limit=limit)

    # get_page again: it is not called twice, its errors are repeated.
    if errors_of_get_page:
        errors += errors_of_get_page

    # Parameters of reused_dependency: what is wrong is noted for the 422 below.
    q = query_values.get('q')
    if q is None:
        errors = missing(errors, ('query', 'q'))
    else:
        try:
            q = validate_q(q)
        except ValidationError as error:
            errors = invalid(errors, error, ('query', 'q'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await reused_dependency(page=page, q=q)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

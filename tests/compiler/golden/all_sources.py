async def respond(exchange):
    # GET /all-sources
    errors = None

    # Parameters of all_sources: what is wrong is noted for the 422 below.
    pairs = query_pairs(exchange.query_string)
    query_values = dict(pairs)
    required = query_values.get("it's")
    if required is None:
        errors = missing(errors, ('query', "it's"))
    tags = listed(pairs, 'tags')
    if not tags:
        tags = default_tags()
    else:
        try:
            tags = validate_tags(tags)
        except ValidationError as error:
            errors = invalid(errors, error, ('query', 'tags'))
    checked = query_values.get('checked')
    checked = 1 if checked is None else checked
    try:
        checked = validate_checked(checked)
    except ValidationError as error:
        errors = invalid(errors, error, ('query', 'checked'))
    x_token = first_header(exchange.headers, b'x-token')
    if x_token is None:
        x_token = 'none'
    else:
        x_token = x_token.decode("latin-1")
    x_parts = listed_headers(exchange.headers, b'x-parts')
    if not x_parts:
        x_parts = None
    else:
        try:
            x_parts = validate_x_parts(x_parts)
        except ValidationError as error:
            errors = invalid(errors, error, ('header', 'x-parts'))
    cookies = exchange.cookies
    session = cookies.get('session')
    if session is not None:
        try:
            session = validate_session(session)
        except ValidationError as error:
            errors = invalid(errors, error, ('cookie', 'session'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await all_sources(
        required=required,
        tags=tags,
        checked=checked,
        x_token=x_token,
        x_parts=x_parts,
        session=session,
    )

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

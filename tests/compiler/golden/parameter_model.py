async def respond(exchange):
    # GET /filters
    errors = None

    # Parameters of parameter_model: what is wrong is noted for the 422 below.
    pairs = query_pairs(exchange.query_string)
    filters, errors = read_group(pairs, filters_fields, errors)

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint.
    result = await parameter_model(filters=filters)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

async def respond(exchange):
    # GET /rights

    # Dependency get_rights.
    rights = await run_in_threadpool(get_rights, scopes=SecurityScopes(['read', "it's"]))

    # Endpoint.
    result = await security_scopes(rights=rights)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

async def respond(exchange):
    # GET /rights

    # Dependency get_rights.
    rights = await run_in_threadpool(get_rights, scopes=SecurityScopes(['read', "it's"]))

    # Endpoint.
    result = await security_scopes(rights=rights)

    # Result: a Response is sent as it is.
    if isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return Reply(head, encode_json(result))

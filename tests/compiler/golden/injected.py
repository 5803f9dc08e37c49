async def respond(exchange):
    # GET /injected

    # Injected: a Response whose status and headers are merged into the reply's.
    response = injected_response(exchange)

    # Injected: tasks that run after the reply was sent.
    tasks = injected_tasks(exchange)

    # Endpoint.
    result = await injected(request=exchange.request, response=response, tasks=tasks)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    # Status and headers of the injected Response are merged into it.
    return reply_from(exchange, head, encode_json(result))

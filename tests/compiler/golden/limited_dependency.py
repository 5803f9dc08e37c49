async def respond(exchange):
    # GET /limited

    # Dependency get_file.
    request_stack = exchange.request_stack()
    file = await open_limited(request_stack, get_file_limit, open_get_file())

    # Endpoint, in a worker thread.
    result = await run_in_threadpool(limited_dependency, file=file)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

async def respond(exchange):
    # GET /limited

    # Dependency get_file.
    request_stack = exchange.request_stack()
    file = await open_limited(request_stack, get_file_limit, open_get_file())

    # Endpoint, in a worker thread.
    result = await run_in_threadpool(limited_dependency, file=file)

    # Result: a Response is sent as it is.
    if isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return Reply(head, encode_json(result))

async def respond(exchange):
    # GET /plain

    # Endpoint, in a worker thread.
    result = await run_in_threadpool(plain)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

async def respond(exchange):
    # GET /reply

    # Answer: what the steps on the reply are given.
    async def answer():
        # Endpoint.
        result = await steps_on_reply()

        # Result: a Response is sent as it is.
        if type(result) not in plain_types and isinstance(result, Response):
            return reply_with(exchange, result)

        # Reply: JSON, under a head made at startup.
        return WholeReply(head, encode_json(result))

    reply = await answer()

    # Step time, on the reply. What only an ASGI application can send has a head when it begins.
    if reply.application is not None:
        reply = await exchange.materialise(reply)
    reply = step_reply(exchange, 'time', await run_in_threadpool(note_time, reply=reply))

    # Step version, on the reply. What only an ASGI application can send has a head when it begins.
    if reply.application is not None:
        reply = await exchange.materialise(reply)
    reply = step_reply(exchange, 'version', name_version(reply=reply))
    return reply

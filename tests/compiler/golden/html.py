async def respond(exchange):
    # GET /page

    # Endpoint.
    result = await html()

    # Result: a Response is sent as it is.
    if isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: text, under a head made at startup.
    return Reply(head, encode_text(result))

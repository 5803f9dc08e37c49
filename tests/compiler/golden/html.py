async def respond(exchange):
    # GET /page

    # Endpoint.
    result = await html()

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: text, under a head made at startup.
    return WholeReply(head, encode_text(result))

async def respond(exchange):
    # GET /raw

    # Endpoint: a generator that starts when the reply is written.
    items = raw_stream()

    # Reply: what it yields, in a StreamingResponse.
    answer = respond_as(exchange, StreamingResponse, content=items)
    return reply_with(exchange, answer)

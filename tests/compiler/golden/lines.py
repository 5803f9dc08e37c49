async def respond(exchange):
    # GET /lines

    # Endpoint: a generator that starts when the reply is written.
    items = lines()

    # Reply: JSON Lines.
    return Reply(head, stream=json_lines(items, encode_typed_item))

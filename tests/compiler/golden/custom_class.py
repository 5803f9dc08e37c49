async def respond(exchange):
    # GET /shop

    # Endpoint.
    result = await custom_class()

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: in a Shop.
    answer = respond_as(exchange, Shop, jsonable_encoder(result))
    return reply_with(exchange, answer)

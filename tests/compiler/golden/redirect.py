async def respond(exchange):
    # GET /elsewhere

    # Endpoint.
    result = await redirect()

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: in a RedirectResponse.
    answer = respond_as(exchange, RedirectResponse, jsonable_encoder(result), status=302)
    return reply_with(exchange, answer)

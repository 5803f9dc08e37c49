async def respond(exchange):
    # GET /function-scope

    # Function scope: its dependencies are closed when this block is left, before the reply is sent.
    async with exchange.function_stack() as function_stack:
        # Dependency get_db.
        db = await function_stack.enter_generator(get_db())

        # Endpoint.
        result = await function_scope(db=db)

        # Result: a Response is sent as it is.
        if type(result) not in plain_types and isinstance(result, Response):
            return reply_with(exchange, result)

        # Reply: JSON, under a head made at startup.
        return WholeReply(head, encode_json(result))

    # Reached only if a function-scoped dependency swallowed what was raised: 500.
    raise swallowed()

async def respond(exchange):
    # GET /around

    # Dependency get_db.
    request_stack = exchange.request_stack()
    db = await request_stack.enter_generator(get_db())

    # Step cache, around the endpoint: it awaits this for its reply.
    async def call():
        # Step transaction, around the endpoint.
        transaction_step = open_transaction(db=db)
        async with transaction_step:
            # Endpoint.
            result = await steps_around(db=db)

            # Result: a Response is sent as it is.
            if type(result) not in plain_types and isinstance(result, Response):
                return reply_with(exchange, result)

            # Reply: JSON, under a head made at startup.
            return WholeReply(head, encode_json(result))

        # Reached only if the step swallowed what was raised: 500.
        raise StepSwallowed('transaction')

    return step_reply(exchange, 'cache', await read_kept(request=exchange.request, call=call))

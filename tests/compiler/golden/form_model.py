async def respond(exchange):
    # POST /login
    errors = None

    # Body: a form, read before anything else runs; 400 if it is none.
    form = await read_form(exchange)

    # Body of form_model: what is wrong is noted for the 422 below.
    login, errors = read_group(form.multi_items(), login_fields, errors)

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, reported(form), place)

    # Endpoint.
    result = await form_model(login=login)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

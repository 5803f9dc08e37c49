async def respond(exchange):
    # POST /form
    errors = None

    # Body: a form, read before anything else runs; 400 if it is none.
    form_data = await read_form(exchange)

    # Body of form: what is wrong is noted for the 422 below.
    user = form_value(form_data, 'user')
    if user is None:
        errors = missing(errors, ('body', 'user'))
    else:
        try:
            user = validate_user(user, from_attributes=True)
        except ValidationError as error:
            errors = invalid(errors, error, ('body', 'user'))
    age = form_value(form_data, 'age')
    if age is None:
        age = 0
    else:
        try:
            age = validate_age(age, from_attributes=True)
        except ValidationError as error:
            errors = invalid(errors, error, ('body', 'age'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, reported(form_data), place)

    # Endpoint.
    result = await form(user=user, age=age)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

async def respond(exchange):
    # POST /upload
    errors = None

    # Body: a form, read before anything else runs; 400 if it is none.
    form = await read_form(exchange)

    # Body of upload: what is wrong is noted for the 422 below.
    image = form_value(form, 'image')
    if image is None:
        errors = missing(errors, ('body', 'image'))
    else:
        try:
            image = validate_image(image, from_attributes=True)
        except ValidationError as error:
            errors = invalid(errors, error, ('body', 'image'))
    copies = form_values(form, 'copies')
    if not copies:
        copies = default_copies()
    else:
        try:
            copies = validate_copies(await each_file_bytes(copies), from_attributes=True)
        except ValidationError as error:
            errors = invalid(errors, error, ('body', 'copies'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, reported(form), place)

    # Endpoint.
    result = await upload(image=image, copies=copies)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

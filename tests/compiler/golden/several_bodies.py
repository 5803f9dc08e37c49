async def respond(exchange):
    # POST /several
    errors = None

    # Body: read and parsed before anything else runs; 422 if it is not JSON.
    body = await read_json(exchange, place)
    body_keys = keys_of(body)

    # Body of several_bodies: what is wrong is noted for the 422 below.
    if body_keys is None:
        errors = all_missing(errors, ('item', 'owner'))
    else:
        item = body_keys.get('item', ABSENT)
        if item is ABSENT:
            errors = missing(errors, ('body', 'item'))
        else:
            try:
                item = validate_item(item, from_attributes=True)
            except ValidationError as error:
                errors = invalid(errors, error, ('body', 'item'))
        owner = body_keys.get('owner', ABSENT)
        if owner is ABSENT:
            owner = 'nobody'
        else:
            try:
                owner = validate_owner(owner, from_attributes=True)
            except ValidationError as error:
                errors = invalid(errors, error, ('body', 'owner'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, reported(body), place)

    # Endpoint.
    result = await several_bodies(item=item, owner=owner)

    # Result: a Response is sent as it is.
    if type(result) not in plain_types and isinstance(result, Response):
        return reply_with(exchange, result)

    # Reply: JSON, under a head made at startup.
    return WholeReply(head, encode_json(result))

async def respond(exchange):
    # GET /events
    errors = None

    # Parameters of server_sent_events: what is wrong is noted for the 422 below.
    last_event_id = first_header(exchange.headers, b'last-event-id')
    if last_event_id is not None:
        try:
            last_event_id = validate_last_event_id(last_event_id.decode("latin-1"))
        except ValidationError as error:
            errors = invalid(errors, error, ('header', 'last-event-id'))

    # All that was noted, together: 422.
    if errors:
        raise request_errors(errors, None, place)

    # Endpoint: a generator that starts when the reply is written, in threads.
    items = server_sent_events(last_event_id=last_event_id)
    items = iterate_in_threadpool(items)

    # Reply: server-sent events, with a ping in long silences.
    request_stack = exchange.request_stack()
    return Reply(head, stream=await open_events(request_stack, items, encode_typed_item))

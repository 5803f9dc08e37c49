async def respond(connection):
    # WS /rooms/{room}
    errors = None

    # Function scope: its dependencies are closed when this block is left, first.
    async with connection.function_stack() as function_stack:
        # Dependency get_db.
        db = await function_stack.enter_generator(get_db())

        # Parameters of websocket: what is wrong is noted for the 422 below.
        try:
            room = validate_room(connection.path_params['room'])
        except ValidationError as error:
            errors = invalid(errors, error, ('path', 'room'))

        # All that was noted, together: the websocket is refused.
        if errors:
            raise websocket_errors(errors, place)

        # Endpoint.
        await websocket(db=db, room=room, websocket=connection.websocket)

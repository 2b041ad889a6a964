"""A notebook's execution notices every answer of its kernel."""

from __future__ import annotations

import asyncio

import zmq
import zmq.asyncio

from capslab.course.execute import look_again


def test_an_answer_is_noticed_though_its_event_was_lost() -> None:
    async def ask() -> tuple[bool, int]:
        with zmq.asyncio.Context() as context, context.socket(zmq.PAIR) as ours:
            ours.bind("inproc://answers")
            with zmq.Context.shadow(context).socket(zmq.PAIR) as kernel:
                kernel.connect("inproc://answers")
                waiting = asyncio.ensure_future(ours.poll(5000))
                await asyncio.sleep(0.05)
                kernel.send(b"the cell is done")
                # What a send past the asyncio socket does: it takes the event, and tells nobody.
                assert zmq.Socket.shadow(ours.underlying).get(zmq.EVENTS) & zmq.POLLIN
                await asyncio.sleep(0.1)
                lost = not waiting.done()
                look_again(ours)
                return lost, await asyncio.wait_for(waiting, 5)

    lost, found = asyncio.run(ask())
    assert lost, "pyzmq notices it by itself now: look_again is not needed any more"
    assert found == zmq.POLLIN

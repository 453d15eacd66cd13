package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Takes plain requests past the decoder behind it, which gets the bytes of all others.
///
/// A request is looked at here only where one begins and none waits, so that all are answered in order.
/// What this cannot take, and the rest of what arrived with it, goes to the decoder; from its end of a
/// request on this one has its turn again.
///
/// Not thread-safe; owned by an event loop.
final class PlainRequestDecoder extends ChannelInboundHandlerAdapter {
    /// Who gets the requests.
    interface Taker {
        /// Says whether a request can be taken at once: no other is under way, or waits.
        boolean takesNext();

        /// Takes a request.
        void take(PlainRequest request);
    }

    private final PlainRequestParser parser;
    private final StrictRequestDecoder decoder;
    private final Taker taker;

    PlainRequestDecoder(PlainRequestParser parser, StrictRequestDecoder decoder, Taker taker) {
        this.parser = parser;
        this.decoder = decoder;
        this.taker = taker;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf in)) {
            context.fireChannelRead(message);
            return;
        }
        boolean all = false;
        try {
            all = takeAll(context, in);
        } finally {
            if (all) {
                in.release();
            } else {
                context.fireChannelRead(in);
            }
        }
    }

    /// @return whether nothing is left for the decoder
    private boolean takeAll(ChannelHandlerContext context, ByteBuf in) {
        while (in.isReadable()) {
            if (!decoder.isBetweenRequests() || !taker.takesNext()) {
                return false;
            }
            PlainRequest request = parser.parse(in);
            if (request == null) {
                return false;
            }
            taker.take(request);
            if (context.isRemoved()) {
                return true; // an event stream has begun: no request follows it
            }
        }
        return true;
    }
}

package dev.siltstone.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;

/// Which handlers a channel has, once its protocol is known.
final class Pipelines {
    private static final int STREAMS_PER_CONNECTION_MAX = 1000;
    private static final int WINDOW_BYTES = 256 << 10;

    private Pipelines() {}

    static void http1(ChannelPipeline pipeline, Loop loop) {
        var handler = new ExchangeHandler(loop, false);
        var decoder = new StrictRequestDecoder(handler);
        pipeline.addLast(
                new PlainRequestDecoder(loop.plainRequests(), decoder, handler), decoder, handler);
    }

    static void http2(ChannelPipeline pipeline, Loop loop) {
        Http2FrameCodec codec =
                Http2FrameCodecBuilder.forServer()
                        .initialSettings(
                                new Http2Settings()
                                        .maxConcurrentStreams(STREAMS_PER_CONNECTION_MAX)
                                        .initialWindowSize(WINDOW_BYTES)
                                        .maxHeaderListSize(HttpLimits.HEADER_BYTES_MAX))
                        .build();
        pipeline.addLast(
                codec, new Http2MultiplexHandler(stream(loop)), new Http2Connection(loop, codec));
    }

    private static ChannelHandler stream(Loop loop) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                new Http2StreamFrameToHttpObjectCodec(true),
                                new ExchangeHandler(loop, true));
            }

            @Override
            public boolean isSharable() {
                return true;
            }
        };
    }
}

package dev.siltstone.bench;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/// One connection to the server, with one request on its way at a time.
final class Connection implements ResponseReader.Receiver {
    /// Whoever sends over the connection.
    interface Caller {
        /// The head of an answer is there.
        default void head(ResponseReader response) {}

        /// Some of its body is there; `part` is valid during the call only.
        default void body(ByteBuffer part) {}

        /// The whole answer is there; another request may be sent.
        void answered(ResponseReader response) throws LoadFailedException;

        /// The connection is gone, and with it the answer to what was sent, if anything was.
        void lost(String why) throws LoadFailedException;
    }

    private final SocketChannel channel;
    private final SelectionKey key;
    private final Caller caller;
    private final ResponseReader reader = new ResponseReader(this);
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private boolean answered;

    private Connection(SocketChannel channel, Selector selector, Caller caller) throws IOException {
        this.channel = channel;
        this.caller = caller;
        this.key = channel.register(selector, 0, this);
    }

    /// Begins to connect; requests may be sent at once.
    static Connection open(Target target, Selector selector, Caller caller) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Connection connection = new Connection(channel, selector, caller);
            boolean connected = channel.connect(target.address());
            connection.key.interestOps(connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
            return connection;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// Sends a request whose answer has the body that its head tells.
    void send(byte[] request) throws LoadFailedException {
        unsent = ByteBuffer.wrap(request);
        if (channel.isConnected()) {
            try {
                write();
            } catch (IOException e) {
                lose(e);
            }
        }
    }

    /// Its channel is ready for something.
    ///
    /// @param in scratch space
    void ready(ByteBuffer in) throws LoadFailedException {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                write();
            }
            if (key.isValid() && key.isWritable()) {
                write();
            }
            if (key.isValid() && key.isReadable()) {
                read(in);
            }
        } catch (LoadFailedException e) {
            throw e;
        } catch (IOException e) {
            lose(e);
        }
    }

    private void write() throws IOException {
        if (unsent.hasRemaining()) {
            channel.write(unsent);
        }
        key.interestOps(
                unsent.hasRemaining()
                        ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                        : SelectionKey.OP_READ);
    }

    private void read(ByteBuffer in) throws IOException {
        in.clear();
        if (channel.read(in) < 0) {
            close();
            caller.lost("the server closed the connection");
            return;
        }
        in.flip();
        reader.read(in);
        if (answered) {
            answered = false;
            caller.answered(reader);
        }
    }

    private void lose(IOException why) throws LoadFailedException {
        close();
        caller.lost(String.valueOf(why.getMessage()));
    }

    @Override
    public void head(ResponseReader response) {
        caller.head(response);
    }

    @Override
    public void body(ByteBuffer part) {
        caller.body(part);
    }

    @Override
    public void complete() {
        answered = true;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            key.cancel(); // it is gone either way
        }
    }
}

package dev.siltstone.server.http;

import dev.siltstone.stream.Command;
import dev.siltstone.stream.Completion;
import dev.siltstone.stream.Outcome;
import org.jspecify.annotations.Nullable;

/// One request and its answer.
///
/// Owned by its event loop, but for [#complete], which the leader of the log calls.
final class Exchange implements Completion {
    /// Who is told, while an exchange is open for long, what happens to its channel.
    interface Waiting {
        /// The client is gone.
        void gone();

        /// The client takes bytes again.
        void writable();

        /// It was open for as long as it may.
        void over();
    }

    private final Loop loop;
    private final ExchangeHandler channel;
    private final Request request;
    private final BodyCollector body;
    private @Nullable Waiting waiting;
    private @Nullable Outcome outcome;
    private boolean submitted;
    private long replyBytes;

    Exchange(Loop loop, ExchangeHandler channel, Request request, BodyCollector body) {
        this.loop = loop;
        this.channel = channel;
        this.request = request;
        this.body = body;
    }

    Loop loop() {
        return loop;
    }

    Request request() {
        return request;
    }

    BodyCollector body() {
        return body;
    }

    /// Hands a command to the log, and its outcome to the client.
    void submit(Command command) {
        submitted = true;
        if (loop.log().submit(command, this)) {
            loop.leadSoon();
        } else {
            submitted = false;
            reply(Replies.busy("the log has more requests waiting than it takes"));
        }
    }

    @Override
    public void complete(Outcome result) {
        outcome = result;
        loop.completed(this);
    }

    /// Answers with the outcome.
    void deliver() {
        Outcome result = outcome;
        boolean content = body.content().hasRemaining();
        submitted = false;
        body.release();
        if (result != null) {
            reply(Replies.outcome(result, request, content));
        }
    }

    /// Takes a share of the bytes that answers may hold, given back when the answer was sent or dropped.
    ///
    /// @return false if too much is held already
    boolean reserveReply(int bytes) {
        if (loop.shared().replyBytes().take(bytes)) {
            replyBytes += bytes;
            return true;
        }
        return false;
    }

    /// Corrects the share to what it turned out to be.
    void adjustReply(int bytes) {
        loop.shared().replyBytes().takeAnyway(bytes - replyBytes);
        replyBytes = bytes;
    }

    boolean holdsReplyBytes() {
        return replyBytes > 0;
    }

    /// Gives back what this took from the others, but for a body that the log still has.
    void release() {
        loop.shared().replyBytes().give(replyBytes);
        replyBytes = 0;
        if (!submitted) {
            body.release();
        }
    }

    /// Answers; only the first answer counts, and none if the client is gone.
    void reply(Reply reply) {
        channel.reply(this, reply);
    }

    /// Begins an event stream.
    EventSink events(Reply head) {
        return channel.events(this, head);
    }

    /// Takes note that the event stream has ended.
    void eventsOver() {
        channel.eventsOver(this);
    }

    /// Says whether an answer may be sent from a file.
    boolean sendsFiles() {
        return channel.sendsFiles();
    }

    /// Says whether nobody will read an answer any more.
    boolean isOver() {
        return !channel.isCurrent(this);
    }

    void await(Waiting newWaiting) {
        waiting = newWaiting;
    }

    /// Ends the waiting.
    void awaitNoMore() {
        waiting = null;
    }

    void clientGone() {
        Waiting who = waiting;
        waiting = null;
        if (who != null) {
            who.gone();
        }
    }

    void clientWritable() {
        Waiting who = waiting;
        if (who != null) {
            who.writable();
        }
    }

    void timeOver() {
        Waiting who = waiting;
        if (who != null) {
            who.over();
        }
    }
}

package dev.siltstone.server.http;

import dev.siltstone.stream.Found;
import dev.siltstone.stream.Listing;
import dev.siltstone.stream.LogBusyException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds streams for exchanges: at once, if memory tells, otherwise by a worker, for the catalog may need the
/// disk. What is found is used on the event loop of the exchange, unless that is over by then.
final class Finding {
    private static final Logger LOGGER = LoggerFactory.getLogger(Finding.class);

    private Finding() {}

    /// Looks a path up. A look-up that fails is answered here.
    static void find(Exchange exchange, String path, Consumer<Found> use) {
        Found inMemory = exchange.loop().log().findInMemory(path);
        if (inMemory != null) {
            use.accept(inMemory);
            return;
        }
        work(exchange, () -> exchange.loop().log().find(path), use);
    }

    /// Answers a listing.
    static void list(Exchange exchange, String prefix, @Nullable String after, int limit) {
        work(
                exchange,
                () -> exchange.loop().log().list(prefix, after, limit),
                (Listing page) -> exchange.reply(Replies.listing(page)));
    }

    @FunctionalInterface
    private interface Work<T> {
        T done() throws IOException;
    }

    private static <T> void work(Exchange exchange, Work<T> work, Consumer<T> use) {
        Loop loop = exchange.loop();
        boolean accepted =
                loop.shared()
                        .workers()
                        .submit(() -> {
                            Runnable next = attempt(exchange, work, use);
                            boolean _ =
                                    loop.run(() -> {
                                        if (!exchange.isOver()) {
                                            next.run();
                                        }
                                    });
                        });
        if (!accepted) {
            exchange.reply(Replies.busy("the server has as many look-ups waiting as it takes"));
        }
    }

    private static <T> Runnable attempt(Exchange exchange, Work<T> work, Consumer<T> use) {
        try {
            T done = work.done();
            return () -> use.accept(done);
        } catch (LogBusyException e) {
            return () -> exchange.reply(Replies.busy(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            LOGGER.warn("a look-up failed: {}", e.getMessage());
            return () -> exchange.reply(Replies.unreadable(e));
        } catch (RuntimeException e) {
            LOGGER.error("a look-up fails because of a mistake in this program", e);
            return () -> exchange.reply(Replies.internalError());
        }
    }
}

package dev.siltstone.rangestore;

import dev.siltstone.io.Pause;
import dev.siltstone.objectstore.BackOff;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/// Works off an [UploadBacklog] on a virtual thread of its own, and never gives up: while the store is away, or
/// refuses, it tries again after a growing while.
///
/// Thread-safe.
public final class Uploader implements Closeable {
    private final UploadBacklog backlog;
    private final Semaphore permits;
    private final BackOff backOff;
    private final Pause pause;
    private final Thread thread;
    private volatile UploadState state = new UploadState.Ready();

    private Uploader(UploadBacklog backlog, Semaphore permits, BackOff backOff, Pause pause) {
        this.backlog = backlog;
        this.permits = permits;
        this.backOff = backOff;
        this.pause = pause;
        this.thread = Thread.ofVirtual().name("upload " + backlog).unstarted(this::run);
    }

    /// Starts working off a backlog.
    ///
    /// @param permits shared by all uploaders that must not upload more than so many files at once
    public static Uploader start(
            UploadBacklog backlog, Semaphore permits, BackOff backOff, Pause pause) {
        Uploader uploader = new Uploader(backlog, permits, backOff, pause);
        uploader.thread.start();
        return uploader;
    }

    public UploadState state() {
        return state;
    }

    private void run() {
        int failures = 0;
        try {
            while (true) {
                backlog.awaitWork();
                try {
                    uploadOne();
                    failures = 0;
                    state = new UploadState.Ready();
                } catch (RangeTakenException e) {
                    state = new UploadState.Stopped(e);
                    return;
                } catch (IOException e) {
                    failures++;
                    report(failures, e);
                    pause.pause(backOff.delay(failures));
                }
            }
        } catch (InterruptedException e) {
            state = new UploadState.Stopped(new IOException(backlog + ": was closed"));
        } catch (RuntimeException | Error e) {
            state = new UploadState.Stopped(new IOException(backlog + ": " + e, e));
            throw e;
        }
    }

    private void uploadOne() throws IOException, InterruptedException {
        permits.acquire();
        try {
            backlog.uploadNext();
        } finally {
            permits.release();
        }
    }

    private void report(int failures, IOException cause) {
        backlog.next().ifPresent(file -> state = new UploadState.Waiting(file, failures, cause));
    }

    /// Stops, and waits until it has. A put under way is broken off; what it did is found out after the next
    /// start. What is pending stays pending, locally.
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

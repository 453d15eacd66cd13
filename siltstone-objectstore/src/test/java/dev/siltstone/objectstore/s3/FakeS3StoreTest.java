package dev.siltstone.objectstore.s3;

import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.ObjectStoreContract;
import java.io.IOException;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;

class FakeS3StoreTest extends ObjectStoreContract {
    private FakeS3 s3;

    @Override
    protected ObjectStore open() throws IOException {
        s3 = FakeS3.start();
        s3.pageSize(4);
        return S3Store.open(
                s3.settings("some/prefix/"), InstantSource.system(), new SplittableRandom(1));
    }

    @AfterEach
    void stop() {
        s3.close();
    }
}

package dev.siltstone.objectstore.s3;

import dev.siltstone.objectstore.AccessRefusedException;
import dev.siltstone.objectstore.ObjectStoreException;
import dev.siltstone.objectstore.StoreRefusedException;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/// Makes a client of the AWS SDK as settings say. It never repeats a request: a lost answer would turn our own
/// success into a 412.
final class S3Connection {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private S3Connection() {}

    static S3Client connect(S3Settings settings, AwsCredentialsProvider credentials)
            throws ObjectStoreException {
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClientBuilder(
                                Apache5HttpClient.builder()
                                        .maxConnections(settings.connectionsMax())
                                        .connectionTimeout(CONNECT_TIMEOUT)
                                        .connectionAcquisitionTimeout(settings.timeout())
                                        .socketTimeout(settings.timeout())
                                        .expectContinueEnabled(false))
                        .credentialsProvider(credentials)
                        .region(region(settings))
                        .forcePathStyle(settings.usesPathStyle())
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .serviceConfiguration(
                                S3Configuration.builder().chunkedEncodingEnabled(false).build())
                        .overrideConfiguration(override ->
                                override.retryStrategy(AwsRetryStrategy.doNotRetry())
                                        .addExecutionInterceptor(new CancelledRequests()));
        if (settings.profile() != S3Profile.AWS) {
            builder.addPlugin(LegacyMd5Plugin.create());
        }
        if (UnsignedBodies.suit(settings.endpoint())) {
            builder.putAuthScheme(new UnsignedBodies());
        }
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        return builder.build();
    }

    static AwsCredentialsProvider credentials(S3Settings settings) throws ObjectStoreException {
        S3Credentials given = settings.credentials();
        if (given != null) {
            return StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(given.accessKeyId(), given.secretAccessKey()));
        }
        AwsCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
        try {
            chain.resolveCredentials();
            return chain;
        } catch (SdkClientException e) {
            throw new AccessRefusedException(
                    settings
                            + ": no credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
                            + " or use a profile in ~/.aws",
                    e);
        }
    }

    private static Region region(S3Settings settings) throws ObjectStoreException {
        String region = settings.regionOrDefault();
        if (region != null) {
            return Region.of(region);
        }
        try {
            return new DefaultAwsRegionProviderChain().getRegion();
        } catch (SdkClientException e) {
            throw new StoreRefusedException(
                    settings + ": no region found; add ?region=... or set AWS_REGION", e);
        }
    }
}

/// Objects in S3 and in what speaks like it. The only place that knows the AWS SDK.
///
/// Entry class: [S3Store]; [S3Settings] says where it is, [S3Profile] what it cannot do.
@NullMarked
package dev.siltstone.objectstore.s3;

import org.jspecify.annotations.NullMarked;

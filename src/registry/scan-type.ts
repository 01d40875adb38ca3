/** How Amazon ECR scans the images of a registry. */
export enum ScanType {
  /**
   * Amazon ECR scans for vulnerabilities of operating systems.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html
   */
  BASIC = "BASIC",
  /**
   * Amazon Inspector scans for vulnerabilities of operating systems and of packages of programming languages. Amazon
   * Inspector bills each scan.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
   * @see https://aws.amazon.com/inspector/pricing/
   */
  ENHANCED = "ENHANCED",
}

/** When Amazon ECR scans an image. */
export enum ScanFrequency {
  /** When the image is pushed. */
  SCAN_ON_PUSH = "SCAN_ON_PUSH",
  /** When the image is pushed, and again when new vulnerabilities are published. It needs ScanType.ENHANCED. */
  CONTINUOUS_SCAN = "CONTINUOUS_SCAN",
}

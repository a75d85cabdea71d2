// The repository of base images on the platform's endpoint.

/** Repository of base images; the underscore keeps it apart from every application's, whose names have none. */
export const BASE_REPOSITORY = 'berth/base_image';

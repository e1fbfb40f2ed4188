-- The least that a paid message needs: for the naive probe and the Go service.
CREATE TABLE api_key (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    secret_hash VARCHAR(64) NOT NULL UNIQUE
);
CREATE TABLE person (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    email VARCHAR(254) NOT NULL UNIQUE,
    available BIGINT NOT NULL CHECK (available >= 0),
    held BIGINT NOT NULL CHECK (held >= 0)
);
CREATE TABLE hold (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    amount BIGINT NOT NULL,
    charged BIGINT NOT NULL,
    state VARCHAR(10) NOT NULL,
    created_at DATETIME(6) NOT NULL
);

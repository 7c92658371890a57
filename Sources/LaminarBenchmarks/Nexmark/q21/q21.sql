-- Nexmark q21: the channel's number, by name or out of the address.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" BIGINT NOT NULL,
    extra TEXT NOT NULL
);

SELECT auction, bidder, price, channel,
       CASE
           WHEN lower(channel) = 'apple' THEN '0'
           WHEN lower(channel) = 'google' THEN '1'
           WHEN lower(channel) = 'facebook' THEN '2'
           WHEN lower(channel) = 'baidu' THEN '3'
           ELSE regexp_substr(url, '(&|^)channel_id=([^&]*)', 1, 1, '', 2)
       END AS channel_id
FROM bid
WHERE regexp_substr(url, '(&|^)channel_id=([^&]*)', 1, 1, '', 2) IS NOT NULL
   OR lower(channel) IN ('apple', 'google', 'facebook', 'baidu');

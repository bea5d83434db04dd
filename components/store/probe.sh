# Puts, gets and deletes an object with signed requests, from inside a cluster: the way that K10 will go.
# Runs in a Job with a shell and curl (7.75 or newer, which signs S3 requests itself) and nothing else.
#
# Environment: ENDPOINT, BUCKET, REGION, ACCESS_KEY, SECRET_KEY; CERTIFICATES (PEM) to trust beside the known ones.
set -u

fail() {
    echo "$*" | tee /dev/termination-log
    exit 1
}

# quoted TEXT: as curl reads a text between quotes.
quoted() {
    printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

# md5 TEXT: as the header Content-MD5 has it. A bucket with a default retention takes no object without.
md5() {
    bytes=$(printf '%s' "$1" | md5sum | cut -d ' ' -f 1 | sed 's/../ 0x&/g')
    # shellcheck disable=SC2059,SC2086 # one octal escape for each byte
    printf "$(printf '\\%03o' $bytes)" | base64
}

trust=""
if [ -n "${CERTIFICATES:-}" ]; then
    { cat "${CURL_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt}" 2> /dev/null; echo "$CERTIFICATES"; } > /tmp/ca.pem
    trust="/tmp/ca.pem"
fi

# settings METHOD CONTENT: what curl reads from its standard input.
settings() {
    printf 'user = "%s:%s"\n' "$(quoted "$ACCESS_KEY")" "$(quoted "$SECRET_KEY")"
    [ -z "$trust" ] || printf 'cacert = "%s"\n' "$trust"
    [ "$1" != PUT ] || printf 'header = "Content-MD5: %s"\n' "$(md5 "$2")"
}

# request METHOD PATH CONTENT: sets `status`, and leaves the answer in /tmp/answer.
# The keys reach curl by its standard input: process arguments are for all to read. Older versions of curl sign
# content only if they are told its hash.
request() {
    hash=$(printf '%s' "$3" | sha256sum | cut -d ' ' -f 1)
    status=$(settings "$1" "$3" |
        curl --config - --silent --show-error --max-time 10 --request "$1" --data-raw "$3" \
            --aws-sigv4 "aws:amz:$REGION:s3" --header "x-amz-content-sha256: $hash" \
            --output /tmp/answer --write-out '%{http_code}' "$ENDPOINT/$2" 2> /tmp/error)
}

# expect STATUS WHAT: explains every other answer.
expect() {
    [ "$status" = "$1" ] && return
    [ "$status" = 000 ] && fail "The store at $ENDPOINT stopped answering at the attempt to $2 in bucket $BUCKET ($(cat /tmp/error)): look why, and try again."
    code=$(sed -n 's:.*<Code>\([^<]*\)</Code>.*:\1:p' /tmp/answer 2> /dev/null | head -n 1)
    case "$code" in
    InvalidAccessKeyId | SignatureDoesNotMatch)
        fail "The store at $ENDPOINT refuses the keys ($code): correct crossing:storeAccessKey and crossing:storeSecretKey." ;;
    AccessDenied)
        fail "The store at $ENDPOINT does not allow to $2 in bucket $BUCKET (AccessDenied): give its user the right to." ;;
    NoSuchBucket)
        fail "The store at $ENDPOINT has no bucket $BUCKET: make it, or correct crossing:store.bucket." ;;
    *) fail "The store at $ENDPOINT answers HTTP $status${code:+ $code} to the attempt to $2 in bucket $BUCKET." ;;
    esac
}

# A store that has just been started needs a moment.
tries=0
while :; do
    request GET "" ""
    case "$status" in
    000) why=$(cat /tmp/error) ;;
    503) why="HTTP 503" ;;
    *) break ;;
    esac
    tries=$((tries + 1))
    [ $tries -ge 30 ] && fail "The store at $ENDPOINT cannot be reached from inside this cluster ($why): start it, or correct crossing:store.endpoint."
    echo "waiting for the store: $why"
    sleep 1
done

object="$BUCKET/crossing-probe-$(hostname)"
content="crossing probe $(hostname)"
request PUT "$object" "$content"
expect 200 "put an object"
request GET "$object" ""
expect 200 "get an object"
[ "$(cat /tmp/answer)" = "$content" ] || fail "The store at $ENDPOINT gives back another object than was put into bucket $BUCKET."
request DELETE "$object" ""
expect 204 "delete an object"
echo "put, got and deleted an object in bucket $BUCKET at $ENDPOINT"

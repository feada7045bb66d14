FROM plimsoll/lesson-shared-base:1
RUN echo sails > /own
CMD ["cat", "/own"]
